-- copy_chunks: pieces of the copy of an image.
-- @id;  @first, @last  ends included
select chunk, content from orthophoto_copy_chunk where orthophoto_id = @id and chunk between @first and @last order by chunk
