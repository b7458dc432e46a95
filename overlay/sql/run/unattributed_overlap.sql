-- unattributed_overlap: measures what is still seen of the patches of no mine
-- against the restricting ground it lies in, a large row by its pieces.
-- @run_id
insert into unattributed_overlap (run_id, patch_dataset_id, patch_row_no, layer, dataset_id, row_no, ellipsoidal_area_m2)
select @run_id::bigint, n.patch_dataset_id, n.patch_row_no, n.layer, n.dataset_id, n.row_no, m.area_m2
from (
    select dataset_id as patch_dataset_id, row_no as patch_row_no, sound(g.geom) as patch
    from listed_ground g
    join run_patch p using (run_id, dataset_id, row_no)
    where g.run_id = @run_id and p.licence_no is null
    offset 0
) g
cross join lateral (
    select g.*, d.layer, d.id as dataset_id, r.row_no, r.geom
    from run_dataset u
    join dataset d on d.id = u.dataset_id and d.layer in ('protected_area', 'water_source', 'forest', 'grassland')
    -- The barrier of OFFSET makes it one search of the index of each dataset.
    cross join lateral (
        select row_no, geom from restricting_ground
        where layer = d.layer and dataset_id = d.id and geom && g.patch
        offset 0
    ) r
    where u.run_id = @run_id
) n
cross join lateral (
    select sum(ellipsoidal_area_m2(polygons_of(intersection_or_gridded(sound(clipped_near(o.geom, n.patch)), n.patch))) order by o.piece_no) as area_m2
    from (
        select piece_no, geom from restricting_piece where dataset_id = n.dataset_id and row_no = n.row_no and geom && n.patch
        union all
        select 0, n.geom where not exists (select from restricting_piece where dataset_id = n.dataset_id and row_no = n.row_no)
    ) o
) m
where m.area_m2 >= 0.005
order by n.patch_dataset_id, n.patch_row_no, n.dataset_id, n.row_no
