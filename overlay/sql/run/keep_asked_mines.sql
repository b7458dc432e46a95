-- keep_asked_mines: leaves a run of some mines with these. Whose each patch and
-- approval is was settled among all mines first.
-- @run_id
with asked as (
    select id, licence_nos from run where id = @run_id and licence_nos <> '{}'
),
noted as (
    delete from run_diagnostic n using asked a where n.run_id = a.id and n.licence_no <> all(a.licence_nos)
)
delete from run_mine m using asked a where m.run_id = a.id and m.licence_no <> all(a.licence_nos)
