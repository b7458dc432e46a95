-- begin_sign_in: keeps what a sign-in elsewhere is to be held against when it comes
-- back, and forgets those that never did.
-- @state_sha256;  @verifier;  @nonce
with forgotten as (
    delete from sign_in_begun where created_at < now() - interval '10 minutes' or created_at > now() + interval '10 minutes'
)
insert into sign_in_begun (state_sha256, verifier, nonce) values (@state_sha256, @verifier, @nonce)
