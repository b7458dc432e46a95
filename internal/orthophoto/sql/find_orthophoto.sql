-- find_orthophoto: the image of this content.
-- @sha256
select id from orthophoto where sha256 = @sha256
