-- has_size: whether an image is so large.
-- @bytes
select exists (select from orthophoto where bytes = @bytes)
