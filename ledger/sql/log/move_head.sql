-- move_head: puts the end of the log behind an event.
-- @no;  @sha256
update ledger_head set no = @no, sha256 = @sha256
