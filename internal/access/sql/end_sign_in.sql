-- end_sign_in: takes what was kept of a sign-in, once and within ten minutes.
-- @state_sha256
delete from sign_in_begun where state_sha256 = @state_sha256 and created_at between now() - interval '10 minutes' and now() + interval '10 minutes'
returning verifier, nonce
