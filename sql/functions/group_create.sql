-- group_create(me, name, name_key, description, max_members): a new group, owned by me.
-- description and max_members may be null: none, and 200.
-- Problems: not-found: my account was deleted; group-name-taken (name). Of many at once for one name, one succeeds.
-- outbox: my event, and the first notice; shape: see group_shape. Writes chat_group, conversation, membership, message.
drop function if exists group_create(int8, text, text, text, int);    -- of before 0008: fewer columns
create or replace function group_create(
    p_me int8, p_name text, p_name_key text, p_description text, p_max_members int)
returns table (problem text, field text, group_id int8, outbox int8[], shape text)
language plpgsql security definer set search_path = magpie, pg_temp
as $$
#variable_conflict use_column
declare
    v_conversation int8;
    v_notice       record;
begin
    -- Nobody deletes an account that makes a group just now, and a deleted one makes none.
    perform from account a where a.id = p_me and a.deleted_at is null for key share;
    if not found then
        problem := 'not-found';
        return next;
        return;
    end if;
    insert into chat_group as g (name, name_key, description, max_members)
    values (p_name, p_name_key, coalesce(p_description, ''), coalesce(p_max_members, 200))
    on conflict (name_key) do nothing
    returning g.id into group_id;
    if group_id is null then
        problem := 'group-name-taken';
        field := 'name';
    else
        insert into conversation as c (kind, group_id) values ('group', group_create.group_id)
        returning c.id into v_conversation;
        select * into v_notice from group_notice(v_conversation, 'group-created', p_me, null);
        insert into membership (conversation_id, user_id, role, joined_rev)
        values (v_conversation, p_me, 'owner', v_notice.seq);
        outbox := array[v_notice.outbox_id, group_event(p_me, group_create.group_id, false)];
        shape := group_shape(p_me, group_create.group_id);
    end if;
    return next;
end
$$;
