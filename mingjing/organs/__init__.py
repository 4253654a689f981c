"""执法主体、人员: organs, officers, certificates, accounts, roles, authority."""
