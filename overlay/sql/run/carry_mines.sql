-- carry_mines: carries over from a run before the results of the mines that no
-- change can touch; how many they were.
-- @run_id  whose inputs are fixed;  @base_run_id  complete
select carry_mines(@run_id, @base_run_id)
