-- put_token: makes a token of an account.
-- @account_id;  @name;  @token_sha256;  @role;  @counties  null for all;  @days
insert into account_token (account_id, name, token_sha256, role, counties, expires_at)
values (@account_id, @name, @token_sha256, @role, @counties, now() + make_interval(days => @days::int))
returning id
