-- citation: the rows of data each finding of one mine rests on, with the area
-- of each that lies in the finding.
--
-- A finding is looked at in shares: its parts, or, where the hits that decide come
-- to as much as it (see restricting_ground), those hits, which are small. What
-- rests on images lies in the patches of the deciding ones: a share with one such
-- patch lies in it with all its area, and where several lie apart, what is not in
-- the others is in the one it seems to lie in. Which patches lie apart is asked
-- once; only neighbours that do not are laid over each share. A hit that decides
-- wholly was found wholly.
-- @run_id, @licence_no  the mine
-- @rules  jsonb: rule code to {cites: [role], kinds: [kind], class, on_ground: bool, by_hit: bool}
insert into finding_citation (run_id, licence_no, rule_code, role, dataset_id, row_no, ellipsoidal_area_m2)
with found as materialized (
    select f.rule_code, f.geom, @rules::jsonb -> f.rule_code as rule,
           coalesce((@rules::jsonb -> f.rule_code ->> 'by_hit')::boolean
                    and (select sum(h.decides_ellipsoidal_area_m2) from restricting_hit h
                         where h.run_id = f.run_id and h.licence_no = f.licence_no and h.rule_code = f.rule_code)
                        <= f.ellipsoidal_area_m2 * (1 + 1e-10) + 1e-5, false) as by_sum
    from finding f
    where f.run_id = @run_id and f.licence_no = @licence_no
),
part as materialized (
    select f.rule_code, p.part_no, p.geom, p.ellipsoidal_area_m2
    from found f
    join finding_part p using (rule_code)
    where p.run_id = @run_id and p.licence_no = @licence_no and not p.within_tolerance
),
-- The parts of a class of the account are those of the account in their order,
-- which know their kind, their image, and since when they were seen.
of_class as materialized (
    select class, row_number() over (partition by class order by part_no) as part_no, kind, imaged_on, first_seen_on
    from ground_part
    where run_id = @run_id and licence_no = @licence_no
),
share as materialized (
    select row_number() over (order by s.rule_code, s.part_no) as share_no, s.*, st_envelope(s.geom) as box
    from (
        select p.rule_code, p.part_no, p.geom, p.ellipsoidal_area_m2, c.kind, c.imaged_on, c.first_seen_on, false as of_hit
        from part p
        join found f using (rule_code)
        left join of_class c on c.class = f.rule ->> 'class' and c.part_no = p.part_no
        where f.rule -> 'cites' ? 'patch'
        union all
        select h.rule_code, row_number() over (order by h.dataset_id, h.row_no, h.geom), case when h.whole then h.geom else h.decides end,
               h.decides_ellipsoidal_area_m2, null, h.imaged_on, null, true
        from found f
        join restricting_hit h on h.run_id = @run_id and h.licence_no = @licence_no and h.rule_code = f.rule_code
        where f.rule -> 'cites' ? 'patch' and f.by_sum and h.decides_ellipsoidal_area_m2 > 0
    ) s
),
patch as materialized (
    select row_number() over (order by d.dataset_id, d.row_no) as patch_no, d.dataset_id, d.row_no, d.kind, d.imaged_on, d.geom,
           st_envelope(d.geom) as box,
           d.kind <> 'abandoned_pit' and d.ownership is distinct from 'ownerless'
           and exists (select from ground_image g where g.run_id = @run_id and g.licence_no = @licence_no and g.imaged_on = d.imaged_on) as decides
    from run_patch p
    join near_disturbance d using (dataset_id, row_no)
    where p.run_id = @run_id and p.licence_no = @licence_no and p.confirmed and not p.restored
      and exists (select from found where rule -> 'cites' ? 'patch')
),
-- Patches of one image lie apart when together they come to as much as the
-- ground it decides.
own as materialized (
    select g.imaged_on, sum(ellipsoidal_area_m2(p.geom)) <= g.ellipsoidal_area_m2 * (1 + 1e-10) + 1e-6 as apart
    from ground_image g
    join patch p on p.imaged_on = g.imaged_on and p.decides
    where g.run_id = @run_id and g.licence_no = @licence_no
    group by g.imaged_on, g.ellipsoidal_area_m2
),
overlapping as materialized (
    select a.patch_no as one, b.patch_no as other
    from patch a
    join patch b on b.patch_no > a.patch_no and b.box && a.box
    left join own o on o.imaged_on = a.imaged_on and o.imaged_on = b.imaged_on and a.decides and b.decides
    where case when a.imaged_on <> b.imaged_on then true
               when o.apart then false
               else st_intersects(a.geom, b.geom)
                    and ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(a.geom, b.box), clipped_near(b.geom, a.box)))) >= 1e-6 end
),
in_patch as materialized (
    select s.share_no, p.patch_no, m.may_hold,
           -- Ground first seen on an image lies in the mine's patches of it, of any
           -- kind: wholly in the one, where there is but one.
           coalesce(p.imaged_on = s.first_seen_on, false) and count(*) over (partition by s.share_no, p.imaged_on) = 1
           and not exists (select from run_patch u where u.run_id = @run_id and u.licence_no = @licence_no and not u.confirmed) as first_seen_in,
           array_agg(p.patch_no) filter (where m.may_hold) over (partition by s.share_no) as holders,
           m.may_hold and row_number() over (
               partition by s.share_no
               order by m.may_hold desc,
                        (least(st_xmax(p.box), st_xmax(s.box)) - greatest(st_xmin(p.box), st_xmin(s.box)))
                        * (least(st_ymax(p.box), st_ymax(s.box)) - greatest(st_ymin(p.box), st_ymin(s.box))) desc,
                        p.geom, p.patch_no) = 1 as seems_in
    from share s
    join found f using (rule_code)
    join patch p on p.box && s.box
    cross join lateral (
        select not (f.rule ->> 'on_ground')::boolean
            or s.of_hit = f.by_sum and p.decides and coalesce(p.kind = s.kind, true) and coalesce(p.imaged_on = s.imaged_on, true)
               and (f.rule -> 'kinds' is null or f.rule -> 'kinds' ? p.kind) as may_hold
    ) m
    where not f.by_sum or s.of_hit = p.decides
),
apart as materialized (
    select i.*, holders is not null and not exists (select from overlapping o where i.patch_no in (o.one, o.other)
                              and (o.one = any(i.holders) and o.one <> i.patch_no or o.other = any(i.holders) and o.other <> i.patch_no)) as apart
    from in_patch i
),
beside as materialized (
    select a.share_no, p.patch_no, a.may_hold, a.apart,
           case when not a.may_hold and a.first_seen_in then s.ellipsoidal_area_m2
                when not a.may_hold and a.apart then 0
                when st_intersects(p.geom, s.geom)
                then ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(s.geom, p.box), clipped_near(p.geom, s.box))))
                else 0 end as area_m2
    from patch p
    cross join lateral (select * from apart where patch_no = p.patch_no and not seems_in offset 0) a
    cross join lateral (select * from share where share_no = a.share_no offset 0) s
),
others as materialized (
    select share_no, sum(area_m2) as area_m2, coalesce(sum(area_m2) filter (where may_hold), 0) as holders_m2,
           coalesce(bool_and(apart) filter (where may_hold), true) as holders_apart
    from beside
    group by share_no
),
named as materialized (
    select f.rule_code, c.*
    from found f
    cross join lateral (
        select 'licence' as role, o.dataset_id, o.row_no, o.geom
        from run_licence l join near_mining_right o using (dataset_id, row_no)
        where f.rule -> 'cites' ? 'licence' and l.run_id = @run_id and l.licence_no = @licence_no and o.geom && f.geom
        union all
        select 'approval', l.dataset_id, l.row_no, l.geom
        from run_approval a join near_land_approval l using (dataset_id, row_no)
        where f.rule -> 'cites' ? 'approval' and a.run_id = @run_id and a.licence_no = @licence_no and l.geom && f.geom
        union all
        select 'other_licence', o.dataset_id, o.row_no, o.geom
        from near_mining_right o join run_dataset u on u.run_id = @run_id and u.dataset_id = o.dataset_id
        where f.rule -> 'cites' ? 'other_licence' and o.licence_no <> @licence_no and not o.held and o.geom && f.geom
        union all
        select 'other_approval', l.dataset_id, l.row_no, l.geom
        from near_land_approval l join run_dataset u on u.run_id = @run_id and u.dataset_id = l.dataset_id
        where f.rule -> 'cites' ? 'other_approval' and l.kind in ('temporary_land', 'construction_land') and not l.held and l.geom && f.geom
          and not exists (select from run_approval a where a.run_id = @run_id and a.licence_no = @licence_no
                            and a.dataset_id = l.dataset_id and a.row_no = l.row_no)
    ) c
),
overlap as (
    select s.rule_code, 'patch' as role, p.dataset_id, p.row_no, s.share_no, i.area_m2
    from (
        select share_no, patch_no, area_m2 from beside
        union all
        select a.share_no, a.patch_no,
               case when coalesce(o.area_m2, 0) < 1e-6 then s.ellipsoidal_area_m2
                    when a.apart and o.holders_apart then s.ellipsoidal_area_m2 - o.holders_m2
                    else ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(s.geom, p.box), clipped_near(p.geom, s.box)))) end
        from apart a
        join patch p using (patch_no)
        join share s using (share_no)
        left join others o using (share_no)
        where a.seems_in
    ) i
    join patch p using (patch_no)
    join share s using (share_no)
    union all
    select n.rule_code, n.role, n.dataset_id, n.row_no, p.part_no,
           case when st_covers(n.geom, p.geom) then p.ellipsoidal_area_m2
                else ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(p.geom, n.geom), clipped_near(n.geom, p.geom)))) end
    from named n
    cross join lateral (select part_no, geom, ellipsoidal_area_m2 from part where rule_code = n.rule_code and geom && n.geom offset 0) p
    where st_intersects(n.geom, p.geom)
    union all
    select h.rule_code, 'restricting_ground', h.dataset_id, h.row_no, 1, h.decides_ellipsoidal_area_m2
    from found f
    join restricting_hit h on h.run_id = @run_id and h.licence_no = @licence_no and h.rule_code = f.rule_code
    where h.whole or f.by_sum and h.source <> 'land_survey'
    union all
    select p.rule_code, 'restricting_ground', h.dataset_id, h.row_no, p.part_no, i.area_m2
    from found f
    join part p using (rule_code)
    cross join lateral (
        select dataset_id, row_no, geom, ellipsoidal_area_m2 from restricting_hit
        where run_id = @run_id and licence_no = @licence_no and rule_code = p.rule_code and geom && p.geom
          and not (whole or f.by_sum and source <> 'land_survey')
        offset 0
    ) h
    cross join lateral (
        select case when st_covers(p.geom, h.geom) then h.ellipsoidal_area_m2
                    when st_intersects(p.geom, h.geom) then ellipsoidal_area_m2(polygons_of(st_intersection(clipped_near(p.geom, h.geom), h.geom))) end as area_m2
    ) i
    where f.rule ->> 'by_hit' = 'true'
)
select @run_id::bigint, @licence_no::text, rule_code, role, dataset_id, row_no, sum(area_m2 order by area_m2)
from overlap
group by rule_code, role, dataset_id, row_no
having sum(area_m2) >= 0.005
order by rule_code, role, dataset_id, row_no
