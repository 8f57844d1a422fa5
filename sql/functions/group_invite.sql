-- group_invite(me, group, user, day_limit): invites a friend of mine into a group. day_limit: invitations that I may
-- make in 24 hours; null for any number.
-- Problems, in this order: not-found, not-allowed (group_invite_refused), not-friends (user_id; also for an unknown
-- user, oneself, and one who has blocked me), already-member, banned, already-invited (user_id), too-many-open: 100
-- invitations are open; too-many-requests: retry_after_s says when to come again.
-- outbox: the event for the invited. Reads what standing_with does, permission, membership, group_ban; writes
-- group_invitation.
create or replace function group_invite(p_me int8, p_group int8, p_user int8, p_day_limit int)
returns table (problem text, field text, invitation_id int8, retry_after_s int, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_conversation int8;
begin
    -- Asked before, so that nobody locks what isn't there for them, and again under the locks.
    problem := group_invite_refused(p_me, p_group);
    if problem is null and not may('add-to-group', standing_with(p_me, p_user)) then
        problem := 'not-friends';
    end if;
    if problem is null then
        select c.id into v_conversation from conversation c where c.group_id = p_group for no key update;
        perform lock_people(array[p_me, p_user]);
        problem := group_invite_refused(p_me, p_group);
    end if;

    if problem is not null then
        null;
    elsif not may('add-to-group', standing_with(p_me, p_user)) then
        problem := 'not-friends';
    elsif group_member(p_user, p_group) then
        problem := 'already-member';
    elsif exists (select from group_ban b where b.group_id = p_group and b.user_id = p_user) then
        problem := 'banned';
    elsif exists (select from group_invitation i where i.group_id = p_group and i.user_id = p_user
                     and i.state = 'open' and friend_request_current(i.created_at)) then
        problem := 'already-invited';
    elsif (select count(*) from group_invitation i where i.group_id = p_group
              and i.state = 'open' and friend_request_current(i.created_at)) >= 100 then
        problem := 'too-many-open';
    else
        retry_after_s := asks_left(array(
            select i.created_at from group_invitation i
             where i.from_id = p_me and i.created_at > now() - interval '1 day'
             order by i.created_at desc limit p_day_limit), p_day_limit);
        if retry_after_s is not null then
            problem := 'too-many-requests';
        end if;
    end if;

    if problem is null then
        update group_invitation i set state = 'expired', answered_at = now()
         where i.group_id = p_group and i.user_id = p_user and i.state = 'open';
        insert into group_invitation as i (group_id, user_id, from_id) values (p_group, p_user, p_me)
        returning i.id into invitation_id;
        outbox := group_invitation_event(invitation_id);
    elsif problem in ('not-friends', 'already-member', 'banned', 'already-invited') then
        field := 'user_id';
    end if;
    return next;
end
$$;
