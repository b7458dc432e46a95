-- drop_superseded: deletes the copies of versions that count no more: of their
-- time line there is one of a later vintage, or of the same and made later.
delete from generalised g
using dataset d
where d.id = g.dataset_id
  and exists (
      select from dataset newer
      where newer.status = 'accepted' and (newer.county_code, newer.layer, newer.source) = (d.county_code, d.layer, d.source)
        and (newer.vintage, newer.id) > (d.vintage, d.id)
  )
