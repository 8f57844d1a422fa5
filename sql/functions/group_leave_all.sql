-- group_leave_all(user): leaves every group. One that the user owns passes to its oldest admin, else
-- to its oldest member, with a notice of that; one without another member is dissolved. Returns
-- the outbox rows' ids, and who has become the owner of which group: the caller tells them, once
-- their accounts are locked. A helper of account_delete, which has locked the conversations, and those
-- who hear that a group was dissolved. Writes membership, chat_group, conversation, message, outbox, and
-- as joining_end.
create or replace function group_leave_all(p_user int8)
returns table (outbox int8[], heirs int8[], heirs_groups int8[])
language plpgsql
as $$
declare
    v_mine record;
    v_heir int8;
begin
    outbox := '{}';
    heirs := '{}';
    heirs_groups := '{}';
    for v_mine in
        select m.conversation_id, m.role, c.group_id
          from membership m join conversation c on c.id = m.conversation_id
         where m.user_id = p_user and m.left_rev is null and c.kind = 'group'
         order by m.conversation_id
    loop
        v_heir := null;
        if v_mine.role = 'owner' then
            v_heir := group_heir(v_mine.conversation_id, p_user);
        end if;
        if v_heir is not null then
            outbox := outbox || (select n.outbox_id
                                   from group_notice(v_mine.conversation_id, 'owner-passed', p_user, v_heir) n);
            perform group_new_owner(v_mine.conversation_id, p_user, v_heir, 'member');
            heirs := heirs || v_heir;
            heirs_groups := heirs_groups || v_mine.group_id;
        end if;
        with notice as (
            select * from group_notice(v_mine.conversation_id, 'member-left', p_user, p_user)
        ), gone as (
            update membership m set left_rev = n.seq, nickname = ''
              from notice n where m.conversation_id = v_mine.conversation_id and m.user_id = p_user
        )
        select group_leave_all.outbox || n.outbox_id into outbox from notice n;
        if v_mine.role = 'owner' and v_heir is null then
            perform group_end(v_mine.group_id);
            outbox := outbox || joining_end(v_mine.group_id);
        end if;
    end loop;
    return next;
end
$$;
