#!lua flags=no-writes
-- KEYS gen ids  ARGV prefix after most -> {gen, for each: {id, etag, json}} by id | lost
local call, prefix = redis.call, ARGV[1]
local found = {call('GET', KEYS[1])}
if not found[1] then return {'lost'} end
local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
for _, id in ipairs(call('ZRANGE', KEYS[2], from, '+', 'BYLEX', 'LIMIT', '0', ARGV[3])) do
  local there = call('HMGET', prefix .. 't:' .. id, 'etag', 'json')
  found[#found + 1] = {id, there[1] or '', there[2] or ''}
end
return found
