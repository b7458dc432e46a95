-- rows: the first row of a table of the ledger that is not what the event says
-- that wrote it; of items, what the last event about each says. Hashes of what is
-- not in the log itself are taken anew.
with event as materialized (
    select no, item_id, body::jsonb as body from ledger_event
),
kept as (
    select event_no as no, 'ledger_feed' as relation, to_jsonb(t) as row from ledger_feed t
    union all
    select event_no, 'ledger_sighting', to_jsonb(t) - 'geom' || jsonb_build_object('ground_sha256', encode(sha256(st_asewkb(geom)), 'hex')) from ledger_sighting t
    union all
    select event_no, 'ledger_measure', to_jsonb(t) from ledger_measure t
    union all
    select event_no, 'ledger_field_check', to_jsonb(t) from ledger_field_check t
    union all
    select event_no, 'ledger_photograph', to_jsonb(t) - 'jpeg' || jsonb_build_object('jpeg_sha256', encode(sha256(jpeg), 'hex')) from ledger_photograph t
    union all
    select event_no, 'ledger_proposal', to_jsonb(t) from ledger_proposal t
),
last as (
    select distinct on (item_id) no, item_id, body -> 'state' as state from event where item_id is not null order by item_id, no desc
)
select relation, no, item_id
from (
    select coalesce(k.relation, 'ledger_event') as relation, coalesce(k.no, e.no) as no, coalesce(e.item_id, 0) as item_id
    from (select no, item_id, body -> 'row' as row from event where body ? 'row') e
    full join kept k using (no)
    where e.row is distinct from k.row
    union all
    select 'ledger_item', coalesce(l.no, i.event_no), coalesce(i.id, l.item_id)
    from last l
    full join ledger_item i on i.id = l.item_id
    where l.state is distinct from to_jsonb(i) - 'geom' || jsonb_build_object('ground_sha256', encode(sha256(st_asewkb(i.geom)), 'hex'))
) broken
order by no, relation, item_id
limit 1
