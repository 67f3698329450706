-- Health of a LaunchVerdict: does its signature count? Whether it still stands, the review says.
-- Argo CD gives scripts the base and table libraries only: no string functions here.
local function health(status, message) return {status = status, message = message} end

local status = obj.status
if status == nil or status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "Waiting for Launchgate's controller to look at this version.")
end

local conditions = {}
for _, condition in ipairs(status.conditions) do conditions[condition.type] = condition end

local function said(condition)
  if condition.message == nil or condition.message == "" then return condition.reason end
  return condition.reason .. ": " .. condition.message
end

local ready = conditions.Ready
if ready == nil then return health("Progressing", "Waiting for Launchgate's controller to verify the signature.") end
if ready.status == "True" then return health("Healthy", said(ready)) end
if ready.reason == "ReviewMissing" or ready.reason == "AuthorityMissing" then
  return health("Progressing", said(ready) .. ". It counts once that exists, if it was signed for it; otherwise delete the verdict.")
end
return health("Degraded", said(ready) .. ". It counts for nothing: sign again under a new name, then delete this one.")
