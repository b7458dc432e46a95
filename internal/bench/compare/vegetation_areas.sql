-- vegetation_areas: forest and grassland of each mine by class, both ways from the
-- same ground; of no run.
-- @run_id
select coalesce(o.licence_no, n.licence_no) || ' ' || coalesce(o.layer, n.layer) || ' ' || coalesce(o.class, n.class) as what,
       coalesce(o.area_m2, 0) as ours, coalesce(n.area_m2, 0) as naive
from naive.vegetation_areas o
full join naive.vegetation n using (licence_no, layer, class)
where @run_id::bigint is not null
order by 1
