-- keys: the keys of a page of a collection, in order, and how large the shapes
-- are. Written for collection_rows, the collection's own statement;
-- collection_id, by which its rows are called; collection_filter, what was asked
-- for; collection_order, how they are sorted; and collection_beyond, what is true
-- of those behind the row before the page.
-- @resumed  whether there is a page before;  @limit
select collection_id as id, pg_column_size(r.geom) as bytes
from (collection_rows) r
where (not @resumed or collection_beyond) and collection_filter
order by collection_order
limit @limit
