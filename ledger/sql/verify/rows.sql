-- rows: the first row of a table of the ledger that is not what the event says
-- that wrote it; of items, what the last event about each says. Hashes of what is
-- not in the log itself are taken anew. Columns stand by name where there is a shape
-- or a photograph: a row as a whole would be turned into JSON with it.
with event as materialized (
    select no, item_id, body::jsonb as body from ledger_event
),
kept as (
    select event_no as no, 'ledger_feed' as relation, to_jsonb(t) as row from ledger_feed t
    union all
    select event_no, 'ledger_sighting', to_jsonb(t)
    from (
        select event_no, item_id, cycle, seen_in_run, as_of, found, imaged_on, ellipsoidal_area_m2, gained_m2, lost_m2, problem,
               encode(sha256(st_asewkb(geom)), 'hex') as ground_sha256
        from ledger_sighting
    ) t
    union all
    select event_no, 'ledger_measure', to_jsonb(t) from ledger_measure t
    union all
    select event_no, 'ledger_field_check', to_jsonb(t) from ledger_field_check t
    union all
    select event_no, 'ledger_photograph', to_jsonb(t)
    from (
        select event_no, item_id, field_check_no, file_name, file_sha256, width, height, taken_at, longitude, latitude,
               encode(sha256(jpeg), 'hex') as jpeg_sha256
        from ledger_photograph
    ) t
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
    full join (
        select id, event_no, campaign, county_code, licence_no, enterprise, mine_name, township, method_and_mineral, rule_code, problem_code,
               problem_type, group_no, problem, state, cycle, reason, measures, deadline, responsible, responsible_rank, contact, assigned_to,
               found, measured_m2, corrected_m2, imaged_on, first_seen_in_run, seen_in_run, closed_as, closed_on,
               encode(sha256(st_asewkb(geom)), 'hex') as ground_sha256
        from ledger_item
    ) i on i.id = l.item_id
    where l.state is distinct from to_jsonb(i)
) broken
order by no, relation, item_id
limit 1
