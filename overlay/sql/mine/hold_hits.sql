-- hold_hits: makes the place where the session keeps what restricting_hit finds of
-- one mine for the statements after it.
select hold_hits()
