-- counties: the registered counties that a ground may lie in, each with the
-- layers that it has no accepted version of up to a day.
-- @as_of;  @ground  EWKB;  @layers  all of them
select c.code as county_code, coalesce(array_agg(l.layer order by l.layer) filter (where d.layer is null), '{}') as missing_layers
from county c
cross join unnest(@layers::text[]) as l(layer)
left join (select distinct county_code, layer from dataset where status = 'accepted' and vintage <= @as_of::date) d
       on d.county_code = c.code and d.layer = l.layer
where c.extent && @ground::geometry
group by c.code
order by c.code
