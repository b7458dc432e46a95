-- vegetation: forest and grassland of each mine by class, and naively.
-- @run_id
select coalesce(o.licence_no, n.licence_no) || ' ' || coalesce(o.layer, n.layer) || ' ' || coalesce(o.class, n.class) as what,
       coalesce(o.area_m2, 0) as ours, coalesce(n.area_m2, 0) as naive
from (select licence_no, replace(rule_code, '_encroached', '') as layer, key as class, ellipsoidal_area_m2 as area_m2
      from run_finding_breakdown
      where run_id = @run_id and rule_code in ('forest_encroached', 'grassland_encroached') and key not like 'source:%' and key not like 'common:%') o
full join naive.vegetation n using (licence_no, layer, class)
order by 1
