-- drop_fault: forget why an image has no copy, before another is made.
-- @id
delete from orthophoto_copy where orthophoto_id = @id and fault <> ''
