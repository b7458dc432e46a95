-- drop_orthophoto: delete an image with its content.
-- @id
delete from orthophoto where id = @id
