-- keys: the keys of a page of a collection, in order, and how large the shapes
-- are. Written for collection_rows, the collection's own statement;
-- collection_id and collection_key, by which its rows are called and sorted;
-- collection_after, the key of the row before the page; and collection_filter,
-- what was asked for.
-- @resumed  whether there is a page before;  @limit
select collection_id as id, pg_column_size(r.geom) as bytes
from (collection_rows) r
where (not @resumed or (collection_key) > (collection_after)) and collection_filter
order by collection_key
limit @limit
