-- account_delete(me, password_hash, keep): deletes my account. password_hash is the one that the
-- password was compared with. What I wrote stays (keep), shown as of a deleted account, or is
-- recalled, announcements too. Every group that I own passes on (group_leave_all), and I leave all; friendships, open
-- requests and invitations end, what I wrote with requests, lists, blocks, my picture and links into groups go; all my sessions end;
-- my user name is kept for 30 days.
-- Problems: bad-password (password): it was changed since, or the account is gone; busy: a group or
-- a friend came in the meantime, which is not locked: to be tried again.
-- outbox: all events; ended: the token hashes of the sessions (see sessions_drop).
--
-- Locks as everybody does: conversations, then my memberships and those of the heirs, then accounts,
-- each in the order of their ids. Whatever makes me a friend or a member locks my account at last, so
-- after the locks nothing comes but what was there before; what came between is seen, and refused
-- with "busy". One who was a member before and is just being added again is led out by group_add.
-- Reads friendship, friend_request; writes account, kept_username, membership, chat_group,
-- conversation, message, message_key, friendship, friend_request, group_join_request, friend_list, block, slow_write, seen,
-- avatar, session, outbox.
create or replace function account_delete(p_me int8, p_password_hash text, p_keep bool)
returns table (problem text, field text, outbox int8[], ended text)
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_conversations int8[];
    v_accounts      int8[];
    v_account       int8;
    v_request       record;
    v_friend        record;
    v_left          record;
    v_sessions      record;
    v_avatar        uuid;
begin
    -- Asked before, so that a wrong password locks nothing, and again under the lock.
    if not exists (select from account a where a.id = p_me and a.password_hash = p_password_hash
                      and a.deleted_at is null) then
        problem := 'bad-password';
        field := 'password';
        return next;
        return;
    end if;

    v_conversations := array(select g.id from account_conversations(p_me, p_keep) g);
    perform from conversation c where c.id = any (v_conversations) order by c.id for no key update;
    -- Who inherits a group is certain by now. A heir who reads just then holds the own membership and
    -- waits for the own account: so it is locked before that.
    perform from membership m
       join (select o.conversation_id, p_me as user_id from membership o where o.user_id = p_me
              union all
             select o.conversation_id, group_heir(o.conversation_id, p_me) from membership o
              where o.user_id = p_me and o.role = 'owner' and o.left_rev is null) w
         on w.conversation_id = m.conversation_id and w.user_id = m.user_id
      where m.conversation_id = any (v_conversations)
      order by m.conversation_id, m.user_id for no key update of m;
    v_accounts := array(select p.user_id from account_people(p_me) p);
    foreach v_account in array v_accounts loop
        if v_account = p_me then                -- the user name is a key: nobody may refer to this row now
            perform from account a where a.id = p_me for update;
        else
            perform from account a where a.id = v_account for no key update;
        end if;
    end loop;

    if not exists (select from account a where a.id = p_me and a.password_hash = p_password_hash
                      and a.deleted_at is null) then
        problem := 'bad-password';
        field := 'password';
    elsif exists (select from account_conversations(p_me, p_keep) g where g.id <> all (v_conversations))
        or exists (select from account_people(p_me) p where p.user_id <> all (v_accounts))
    then
        problem := 'busy';
    else
        outbox := case when p_keep then '{}'
            else announcements_recall(p_me, v_conversations) || messages_recall(p_me) end;
        select * into v_left from group_leave_all(p_me);
        outbox := outbox || v_left.outbox || array(
            select group_event(h.heir, h.group_id, false)
              from unnest(v_left.heirs, v_left.heirs_groups) as h (heir, group_id));

        for v_request in
            update friend_request r set answered_at = now(),   -- of one that is too old nobody is told
                   state = case when friend_request_current(r.created_at) then 'rejected' else 'expired' end
             where r.state = 'open' and (r.from_id = p_me or r.to_id = p_me)
            returning r.id, r.state
        loop
            continue when v_request.state = 'expired';
            outbox := outbox || friend_request_event(v_request.id);
        end loop;
        for v_friend in
            delete from friendship f using friendship mine  -- by its key: nothing finds friend_id alone
             where mine.user_id = p_me and f.user_id = mine.friend_id and f.friend_id = p_me
            returning f.user_id, f.remark, f.list_id
        loop
            outbox := outbox || friend_event(v_friend.user_id, p_me, v_friend.remark, v_friend.list_id, true);
        end loop;
        delete from friendship f where f.user_id = p_me;
        outbox := outbox || joining_leave_all(p_me);
        -- Of requests the rows stay, without what I wrote with them: nobody is shown that any longer.
        update friend_request r set note = '' where r.from_id = p_me and r.note <> '';
        update group_join_request r set note = '' where r.user_id = p_me and r.note <> '';
        delete from friend_list l where l.user_id = p_me;
        delete from block b where b.user_id = p_me or b.blocked_id = p_me;
        delete from slow_write w where w.user_id = p_me;
        delete from seen s where s.user_id = p_me;

        select * into v_sessions from sessions_drop(p_me, null, null);
        outbox := outbox || v_sessions.outbox;
        ended := v_sessions.ended;

        select a.avatar_id into v_avatar from account a where a.id = p_me;
        insert into kept_username (username, free_at)
        select a.username, now() + interval '30 days' from account a where a.id = p_me
        on conflict (username) do update set free_at = excluded.free_at;
        update account a set username = null, name = '', status = '', password_hash = '-', deleted_at = now(),
               avatar_id = null
         where a.id = p_me;
        delete from avatar v where v.id = v_avatar;
    end if;
    return next;
end
$$;
