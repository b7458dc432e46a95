-- put_session: begins a session, and forgets those that are over.
-- @token_sha256;  @account_id;  @address;  @idle_minutes;  @most_minutes
with over as (
    delete from account_session
    where seen_at not between now() - make_interval(mins => @idle_minutes::int) and now() + make_interval(mins => @idle_minutes::int)
       or created_at not between now() - make_interval(mins => @most_minutes::int) and now() + make_interval(mins => @most_minutes::int)
)
insert into account_session (token_sha256, account_id, address) values (@token_sha256, @account_id, @address)
