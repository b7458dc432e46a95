-- note_delivery: how far an address was told; what was delivered is never told
-- anew.
-- @id;  @delivered_no;  @trouble  of the last try, empty for none
update ledger_webhook
set delivered_no = greatest(delivered_no, @delivered_no::bigint), last_error = nullif(@trouble::text, ''),
    failing_since = case when @trouble <> '' then coalesce(failing_since, now()) end
where id = @id
