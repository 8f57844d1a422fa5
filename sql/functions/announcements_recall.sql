-- announcements_recall(user, conversations): takes what the user has announced from the top of these groups:
-- messages_recall empties the entries. Returns the outbox rows' ids. A helper of account_delete, which has
-- locked the conversations. Reads conversation; writes chat_group, conversation, message, outbox.
create or replace function announcements_recall(p_user int8, p_conversations int8[]) returns int8[]
language plpgsql
as $$
declare
    v_outbox int8[] := '{}';
    v_group  record;
begin
    for v_group in
        select c.id as conversation_id, g.id, g.dissolved_at
          from conversation c
         cross join lateral (select x.* from chat_group x where x.id = c.group_id offset 0) g  -- by its key
         where c.id = any (p_conversations) and g.announcement_by = p_user and g.announcement <> ''
         order by c.id
    loop
        if v_group.dissolved_at is null then
            v_outbox := v_outbox || group_announcement_put(v_group.conversation_id, p_user, '');
        else                                    -- nobody is in it
            update chat_group g set announcement = '' where g.id = v_group.id;
        end if;
    end loop;
    return v_outbox;
end
$$;
