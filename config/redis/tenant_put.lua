#!lua
-- KEYS gen seq t:<id> num ids imp
-- ARGV id want request numbers json imported channel
-- -> ok etag seq numbers_before | exists etag | unknown | stale etag | taken id | lost
-- want: '' create, '*' any, else the ETag (If-Match). request: 64 random bits of it: a retry whose answer was lost finds
-- its own work, which a restore may have done before TENANTS_FILE. numbers: by blanks. imported: the digest of TENANTS_FILE's entry, '' none any more, '-' as it was.
local call, id, want, request, numbers = redis.call, ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if call('EXISTS', KEYS[1]) == 0 then return {'lost'} end
local there = call('HMGET', KEYS[3], 'etag', 'num')
local etag, before = there[1], there[2] or ''
local function keep_imported()
  if ARGV[6] == '' then call('HDEL', KEYS[6], id) elseif ARGV[6] ~= '-' then call('HSET', KEYS[6], id, ARGV[6]) end
end
if etag and etag:sub(-#request - 1) == '-' .. request then
  keep_imported()
  return {'ok', etag, '0', before}
end
if want == '' and etag then return {'exists', etag} end
if want ~= '' and not etag then return {'unknown'} end
if want ~= '' and want ~= '*' and want ~= etag then return {'stale', etag} end
for number in numbers:gmatch('%S+') do
  local owner = call('HGET', KEYS[4], number)
  if owner and owner ~= id then return {'taken', owner} end
end
local seq = string.format('%.0f', call('INCR', KEYS[2]))
etag = seq .. '-' .. request
for number in before:gmatch('%S+') do call('HDEL', KEYS[4], number) end
for number in numbers:gmatch('%S+') do call('HSET', KEYS[4], number, id) end
call('HSET', KEYS[3], 'etag', etag, 'num', numbers, 'json', ARGV[5])
keep_imported()
call('ZADD', KEYS[5], 0, id)
call('PUBLISH', ARGV[7], seq .. '\n' .. id .. '\n' .. before .. '\n' .. numbers)
return {'ok', etag, seq, before}
