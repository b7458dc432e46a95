-- begin_try: notes that a sign-in is tried, before the password is looked at, and
-- says how many were of that name and from that address in the last minutes; those
-- that lie ahead, for the clock was put back since, count for as long.
-- @name_sha256;  @address;  @minutes
with this as (
    insert into sign_in_try (name_sha256, address) values (@name_sha256, @address)
),
forgotten as (
    delete from sign_in_try where at < now() - interval '1 day' or at > now() + interval '1 day'
)
select (select count(*) from sign_in_try
        where name_sha256 = @name_sha256 and at > now() - make_interval(mins => @minutes::int) and at < now() + make_interval(mins => @minutes::int)) + 1 as by_name,
       (select count(*) from sign_in_try
        where address = @address and at > now() - make_interval(mins => @minutes::int) and at < now() + make_interval(mins => @minutes::int)) + 1 as by_address
