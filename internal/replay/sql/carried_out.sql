-- carried_out: notes, in the transaction that does it, that a request is carried out.
-- @key;  @sha256  of the request
select note_carried_out(@key, @sha256)
