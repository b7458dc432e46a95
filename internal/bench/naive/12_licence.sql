-- licence: pits outside the plane of the licence, and pits inside it on a day on
-- which it was not valid.
insert into naive.finding (licence_no, rule_code, geom, area_m2)
with pit as (
    select m.licence_no, m.geom as plane, st_union(p.geom) as all_of_them,
           st_union(p.geom) filter (where p.imaged_on < m.valid_from
               or p.imaged_on > m.valid_to and not coalesce(m.renewal_accepted_on <= m.valid_to, false)) as untimely
    from naive.piece p
    join naive.mine m using (licence_no)
    where p.kind = 'pit'
    group by m.licence_no, m.geom
),
found as materialized (
    select licence_no, 'mining_out_of_bounds' as rule_code, st_difference(all_of_them, plane) as geom from pit
    union all
    select licence_no, 'mining_without_licence', st_collectionextract(st_intersection(untimely, plane), 3) from pit
)
select licence_no, rule_code, geom, st_area(geom::geography)
from found
where not st_isempty(geom)
