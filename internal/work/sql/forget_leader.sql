-- forget_leader: takes away the lead of the queue's upkeep, which is given for less
-- than a minute, from one who has it for longer: it is of a clock that was put back
-- since, and he may be dead.
delete from river_leader where expires_at > now() + interval '1 minute'
