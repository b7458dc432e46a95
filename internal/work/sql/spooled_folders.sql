-- spooled_folders: the folders of a spool that hold files still to be loaded.
-- @queue  of the spool
select args ->> 'folder' as folder
from river_job
where kind = 'import' and queue = @queue and finalized_at is null
order by folder
