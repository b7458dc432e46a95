-- indexes: those that are not there or not valid, of those named; and any other that is not valid.
-- @names  of indexes that have to be there
select name from (
    select n.name, to_regclass(n.name) is null as missing from unnest(@names::text[]) as n (name)
    union all
    select i.indexrelid::regclass::text, false from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_namespace s on s.oid = c.relnamespace
    where not i.indisvalid and s.nspname = any (current_schemas(false))
) as found
where missing or to_regclass(name) is not null and not (select indisvalid from pg_index where indexrelid = to_regclass(name))
group by name
order by name
