-- +goose Up

-- What was answered to a request that bore an Idempotency-Key, for a day, so that
-- the same request sent again creates nothing twice. While status is null the
-- request is being carried out, or whoever did died.
create table kept_reply (
    key text primary key,
    request_sha256 bytea not null,
    claimed_at timestamptz not null default now(),
    status integer,
    header jsonb,
    body bytea,
    constraint kept_reply_key_short check (length(key) between 1 and 200),
    constraint kept_reply_sha256_whole check (length(request_sha256) = 32),
    constraint kept_reply_whole check ((status is null) = (body is null) and (status is null) = (header is null))
);

create index kept_reply_by_age on kept_reply (claimed_at);

-- +goose Down
drop table kept_reply;
