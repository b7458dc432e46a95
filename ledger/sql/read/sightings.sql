-- sightings: what runs found of an item, where it was news.
-- @item_id
select event_no, cycle, seen_in_run, as_of, found, imaged_on, ellipsoidal_area_m2, gained_m2, lost_m2
from ledger_sighting where item_id = @item_id
order by event_no
