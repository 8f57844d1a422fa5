-- group_join_ask(me, group, note, day_limit): joins a public group, where everybody may or I am invited; else asks
-- to be let in. day_limit: requests that I may make in 24 hours; null for any number.
-- Problems: not-found, already-member, group-full (group_join_way); already-asked; too-many-open: 100 requests
-- are open; too-many-requests: retry_after_s says when to come again.
-- Under the conversation's lock, so of many at once for the last place one succeeds.
-- outbox: the notice, and the events. Writes group_join_request, or what group_join does.
create or replace function group_join_ask(p_me int8, p_group int8, p_note text, p_day_limit int)
returns table (problem text, field text, joined bool, retry_after_s int, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_way     record;
    v_request int8;
begin
    -- Asked before, so that nobody locks what isn't there for them, and again under the locks.
    select * into v_way from group_join_way(p_me, p_group);
    if v_way.problem is null then
        perform joining_lock(v_way.conversation_id, p_me, true);
        select * into v_way from group_join_way(p_me, p_group);
    end if;

    if v_way.problem is not null then
        problem := v_way.problem;
    elsif exists (select from account a where a.id = p_me and a.deleted_at is not null) then
        problem := 'not-found';
    elsif v_way.at_once then
        joined := true;
        outbox := group_join(v_way.conversation_id, p_group, p_me, 'member-joined', p_me);
    elsif exists (select from group_join_request r where r.group_id = p_group and r.user_id = p_me
                     and r.state = 'open' and friend_request_current(r.created_at)) then
        problem := 'already-asked';
    elsif (select count(*) from group_join_request r where r.group_id = p_group
              and r.state = 'open' and friend_request_current(r.created_at)) >= 100 then
        problem := 'too-many-open';
    else
        retry_after_s := asks_left(array(
            select r.created_at from group_join_request r
             where r.user_id = p_me and r.created_at > now() - interval '1 day'
             order by r.created_at desc limit p_day_limit), p_day_limit);
        if retry_after_s is not null then
            problem := 'too-many-requests';
        else
            joined := false;
            update group_join_request r set state = 'expired', answered_at = now()
             where r.group_id = p_group and r.user_id = p_me and r.state = 'open';
            insert into group_join_request as r (group_id, user_id, note) values (p_group, p_me, coalesce(p_note, ''))
            returning r.id into v_request;
            outbox := join_request_event(v_request);
        end if;
    end if;
    return next;
end
$$;
