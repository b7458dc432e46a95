-- count: how many rows of a collection match, up to so many. Written as keys.
-- @limit
select count(*)
from (select from (collection_rows) r where collection_filter limit @limit) matched
