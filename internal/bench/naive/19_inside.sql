-- inside: findings of what lies inside a layer, each square metre once, less what
-- permits in force on the date of the image allow.
insert into naive.finding (licence_no, rule_code, geom, area_m2)
with inside as (
    select licence_no, rule_code, imaged_on, st_union(deciding) as geom from naive.hit group by licence_no, rule_code, imaged_on
),
unpermitted as (
    select i.licence_no, i.rule_code, coalesce(st_difference(i.geom, p.geom), i.geom) as geom
    from inside i
    left join lateral (
        select st_union(a.geom) as geom from naive.approval a
        where a.licence_no = i.licence_no and a.kind = case i.rule_code when 'forest_encroached' then 'forest_use' when 'grassland_encroached' then 'grassland_use' end
          and a.begins_on <= i.imaged_on and (a.valid_to is null or a.valid_to >= i.imaged_on)
          and (a.returned_on is null or a.returned_on > i.imaged_on) and st_intersects(a.geom, i.geom)
    ) p on true
),
found as (
    select licence_no, rule_code, st_collectionextract(st_union(geom), 3) as geom from unpermitted group by licence_no, rule_code
)
select licence_no, rule_code, geom, st_area(geom::geography)
from found
where not st_isempty(geom)
