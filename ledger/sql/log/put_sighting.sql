-- put_sighting: writes what a run found of an item, and returns it as the log
-- keeps it.
-- @row  jsonb;  @ground  EWKB or null
insert into ledger_sighting as t (event_no, item_id, cycle, seen_in_run, as_of, found, imaged_on, ellipsoidal_area_m2, gained_m2, lost_m2, problem, geom)
select n.event_no, n.item_id, n.cycle, n.seen_in_run, n.as_of, n.found, n.imaged_on, n.ellipsoidal_area_m2, n.gained_m2, n.lost_m2, n.problem,
       st_geomfromewkb(@ground::bytea)
from jsonb_populate_record(null::ledger_sighting, @row::jsonb) n
returning (
    -- All but the ground, by name: a row as a whole would be turned into JSON with it.
    select to_jsonb(kept)
    from (
        select t.event_no, t.item_id, t.cycle, t.seen_in_run, t.as_of, t.found, t.imaged_on, t.ellipsoidal_area_m2, t.gained_m2, t.lost_m2,
               t.problem, t.ground_sha256
    ) kept
)
