-- joining_lock(conversation, user, asks): locks what joins the user to a group, or ends what is open between the two,
-- until the end of the transaction: the conversation, the user's earlier membership, and the accounts of
-- all who will hear of it; where the user may be about to ask, those of the admins, too. A helper.
create or replace function joining_lock(p_conversation int8, p_user int8, p_asks bool) returns void
language plpgsql
as $$
begin
    perform from conversation c where c.id = p_conversation for no key update;
    perform from membership m where m.conversation_id = p_conversation and m.user_id = p_user for no key update;
    perform lock_people(array(
        select joining_people(p_conversation, p_user)
         union select group_admins(p_conversation)
         where p_asks and exists (select from conversation c join chat_group g on g.id = c.group_id
                                   where c.id = p_conversation and g.joining = 'request')));
end
$$;
