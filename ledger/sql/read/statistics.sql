-- statistics: how many of the items that a filter chooses as list.sql does are in each
-- state, are late on a day, or are or soon will be; and what they measure.
-- @campaign;  @county_code;  @township, @enterprise, @enterprise_name, @mineral, @problem_type;  @licence_no;  @group_no;  @state;  @problem_code;  @assigned_to
-- @words  in what people look for an item by;  @due_by  open items to be put right by that day;  @overdue_by, @soon_by  the last days that are late, and due soon
with chosen as materialized (
    select i.state, i.deadline, i.measured_m2, i.state not in ('closed', 'dismissed') as open
    from ledger_item i
    where i.campaign = @campaign
      and (@county_code::text is null or i.county_code = @county_code)
      and (@township::text is null or i.township = @township)
      and (@enterprise::text is null or position(@enterprise in i.enterprise) > 0)
      and (@enterprise_name::text is null or i.enterprise = @enterprise_name)
      and (@mineral::text is null or mineral_of(i.method_and_mineral) = @mineral)
      and (@problem_type::text is null or i.problem_type = @problem_type)
      and (@licence_no::text is null or i.licence_no = @licence_no)
      and (@group_no::integer is null or i.group_no = @group_no)
      and (@state::text is null or i.state = @state)
      and (@problem_code::text is null or i.problem_code = @problem_code)
      and (@assigned_to::text is null or i.assigned_to = @assigned_to)
      and (@words::text is null or position(@words in concat_ws(chr(10), i.enterprise, i.township, i.licence_no, i.responsible, i.id)) > 0)
      and (@due_by::date is null or i.deadline <= @due_by and i.state not in ('closed', 'dismissed'))
)
select state, '' as due, count(*) as count, sum(measured_m2) as ellipsoidal_area_m2 from chosen group by state
union all
select '', 'overdue', count(*), sum(measured_m2) from chosen where open and deadline <= @overdue_by::date
union all
select '', 'soon', count(*), sum(measured_m2) from chosen where open and deadline <= @soon_by::date
order by 1, 2
