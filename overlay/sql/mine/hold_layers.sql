-- hold_layers: makes near_mining_right and so on, the datasets of the run that can
-- meet a mine of the same county, where the session has not made them yet.
-- @run_id, @licence_no  the mine
select hold_layers(@run_id, @licence_no)
