-- refuse_conflicting_licences: takes out the mining rights of one number whose
-- rows do not say the same.
-- @dataset_id
with number as (
    select licence_no
    from mining_right
    where dataset_id = @dataset_id
    group by licence_no
    having count(distinct (enterprise, mine_name, mining_method, mineral, valid_from, valid_to, renewal_accepted_on,
                           licensed_area_km2, top_elevation_m, bottom_elevation_m)) > 1
)
delete from mining_right m
using number n
where m.dataset_id = @dataset_id and m.licence_no = n.licence_no
returning m.source_row, m.licence_no
