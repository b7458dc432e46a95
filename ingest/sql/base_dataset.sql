-- base_dataset: the accepted version that a new one of a vintage follows: of its
-- county, layer and source the newest of no later vintage.
-- @county_code, @layer, @source, @vintage;  @dataset_id  the new one, or 0
select id
from dataset
where status = 'accepted' and county_code = @county_code and layer = @layer and source = @source
  and vintage <= @vintage and id <> @dataset_id
order by vintage desc, id desc
limit 1
