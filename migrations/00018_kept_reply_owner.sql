-- +goose Up

-- Whose request it is that bears a key, by the presence of its program: what a dead
-- one left can be told from what is being carried out. carried_out is written with
-- what the request did; one that is carried out and has no status was done by a
-- program that died before it had answered.
alter table kept_reply
    add column owner bigint,
    add column carried_out boolean not null default false;

-- A request is carried out in the name of somebody who has no right to the table.
create function note_carried_out(of_key text, of_sha256 bytea) returns void
    language sql security definer set search_path from current as $$
    update kept_reply set carried_out = true
    where key = of_key and request_sha256 = of_sha256 and status is null
$$;

comment on function note_carried_out(text, bytea) is
    'Notes, in the transaction that does it, that what a request with a key asks for is done.';

revoke execute on function note_carried_out(text, bytea) from public;
grant execute on function note_carried_out(text, bytea) to taohe_viewer;

-- +goose Down
drop function note_carried_out(text, bytea);
alter table kept_reply drop column carried_out, drop column owner;
