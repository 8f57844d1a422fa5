-- group_notice(conversation, what, by, user, more): an entry that people see but nobody wrote
-- ('member-added', ...), at the conversation's next number. Returns that number and the outbox
-- row's id. A helper; the caller has locked the conversation, or just made it, and gives the
-- membership that changes the same number. `user` is null where the notice has no second person;
-- `more` are further members of it.
drop function if exists group_notice(int8, text, int8, int8);
create or replace function group_notice(
    p_conversation int8, p_what text, p_by int8, p_user int8, p_more jsonb default '{}')
returns table (seq int8, outbox_id int8)
language plpgsql
as $$
begin
    update conversation c set rev = c.rev + 1 where c.id = p_conversation returning c.rev into seq;
    insert into message (conversation_id, seq, rev, kind, from_id, msg, notice)
    select p_conversation, seq, seq, 'notice', p_by, '',
           jsonb_strip_nulls(jsonb_build_object(
               'what', p_what,
               'by', user_card(p_by) - array['username', 'avatar'],
               'user', user_card(p_user) - array['username', 'avatar'],
               'name', case when p_what = 'group-created' then g.name end)) || p_more
      from conversation c join chat_group g on g.id = c.group_id
     where c.id = p_conversation;
    insert into outbox (type, conversation_id, seq) values ('message', p_conversation, seq)
    returning id into outbox_id;
    return next;
end
$$;
