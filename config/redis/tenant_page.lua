#!lua flags=no-writes
-- KEYS gen ids  ARGV prefix after most bytes -> {gen, last, for each: {id, etag, json}} by id | lost
-- last: after whom the next page begins, '' when there is none. It ends with the tenant that comes to so many bytes.
local call, prefix, most, bytes = redis.call, ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local found = {call('GET', KEYS[1]), ''}
if not found[1] then return {'lost'} end
local from, size = ARGV[2] == '' and '-' or '(' .. ARGV[2], 0
local ids = call('ZRANGE', KEYS[2], from, '+', 'BYLEX', 'LIMIT', '0', most)
for i, id in ipairs(ids) do
  local there = call('HMGET', prefix .. 't:' .. id, 'etag', 'json')
  found[#found + 1] = {id, there[1] or '', there[2] or ''}
  size = size + #(there[2] or '')
  if i == most or (size >= bytes and i < #ids) then found[2] = id break end
end
return found
