-- ground_account: the ground account of one mine: the whole as the images
-- decide it, the classes from their parts.
-- @run_id, @licence_no  the mine
insert into ground_account (run_id, licence_no, ground_m2, approved_m2, expired_m2, over_occupied_m2, displaced_m2,
                            unapproved_m2, unapproved_construction_m2, within_tolerance_m2, late_approval_m2,
                            inside_other_approval_m2)
with part as materialized (
    select * from ground_part where run_id = @run_id and licence_no = @licence_no
),
other as (
    select ellipsoidal_area_m2(polygons_of(st_intersection(p.geom, st_union(a.geom order by a.geom)))) as area_m2
    from part p
    cross join lateral (
        select * from near_land_approval where geom && p.geom
        offset 0
    ) a
    cross join lateral (select from run_dataset where run_id = @run_id and dataset_id = a.dataset_id offset 0) r
    where p.class <> 'approved' and not a.held and a.kind in ('temporary_land', 'construction_land')
      and greatest(a.approved_on, a.valid_from) <= p.imaged_on
      and (a.valid_to is null or a.valid_to >= p.imaged_on) and (a.returned_on is null or a.returned_on > p.imaged_on)
      and not exists (select from run_approval o where o.run_id = @run_id and o.licence_no = @licence_no
                        and o.dataset_id = a.dataset_id and o.row_no = a.row_no)
    group by p.part_no, p.geom
)
select @run_id::bigint, @licence_no::text,
       coalesce((select sum(ellipsoidal_area_m2 order by imaged_on) from ground_image where run_id = @run_id and licence_no = @licence_no), 0),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where class = 'approved'), 0),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where class = 'expired' and not within_tolerance), 0),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where class = 'over_occupied' and not within_tolerance), 0),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where class = 'displaced' and not within_tolerance), 0),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where class = 'unapproved' and not within_tolerance), 0),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where class = 'unapproved_construction' and not within_tolerance), 0),
       coalesce(sum(ellipsoidal_area_m2 order by part_no) filter (where within_tolerance), 0),
       coalesce(sum(late_approval_m2 order by part_no), 0),
       coalesce((select sum(area_m2) from other), 0)
from part
