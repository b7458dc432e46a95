-- put_on_grid: for the rest of the transaction, all operands of one mine are on a
-- grid, and a diagnostic says so.
-- @run_id, @licence_no  the mine;  @grid_degrees  1e-9 is 0.1 mm
select put_on_grid(@run_id, @licence_no, @grid_degrees)
