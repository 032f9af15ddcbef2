import type { PeoplesFile } from './reportedTexts.ts';

const READ = `kubectl get secret $(kubectl get sa robot -o jsonpath='{.secrets[0].name}') -o jsonpath='{.data.token}' | base64 --decode`;

/** Pipelines and scripts that make, read or hand over tokens. */
export const pipelines: readonly PeoplesFile[] = [
  {
    who: 'sends base64 from GitLab’s CI',
    file: '.gitlab-ci.yml',
    text: `deploy:\n  image: bitnami/kubectl\n  script:\n  - kubectl config set-credentials robot --token="$(kubectl get secret robot-token -o jsonpath='{.data.token}')"\n  - kubectl apply -f .\n`,
    problems: { 'token-encoding': /base64/ },
  },
  {
    who: 'asks for thirty days in a workflow of GitHub',
    file: 'deploy.workflow.yml',
    text: `on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n    - run: |\n        kubectl create token robot --duration 30d > token\n`,
    problems: { 'token-life-unreadable': /"d"/ },
  },
  {
    who: 'copies the Pod’s token in a Task of Tekton',
    file: 'task.yaml',
    text: `apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: login}\nspec:\n  steps:\n  - name: token\n    image: alpine\n    script: |\n      #!/bin/sh\n      cp /var/run/secrets/kubernetes.io/serviceaccount/token $(workspaces.shared.path)/token\n`,
    problems: { 'mounted-token-copied': /Pod/ },
  },
  {
    who: 'gets a token by oc in a Jenkinsfile',
    file: 'Jenkinsfile',
    text: `pipeline {\n  agent any\n  stages {\n    stage('login') {\n      steps {\n        sh "oc sa get-token jenkins -n ci"\n      }\n    }\n  }\n}\n`,
    problems: { 'oc-get-token': /deprecated/ },
  },
  {
    who: 'finds a token Secret in a task of Ansible',
    file: 'tasks.yml',
    text: `- name: token\n  ansible.builtin.shell: >-\n    ${READ}\n  register: token\n`,
    problems: { 'account-secrets-read': /1\.24/ },
  },
  {
    who: 'sets Spinnaker up as its first guides have it',
    file: 'halyard.sh',
    text: `#!/bin/bash\nTOKEN=$(${READ})\nkubectl config set-credentials spinnaker --token "$TOKEN"\n`,
    problems: { 'account-secrets-read': /1\.24/, 'token-in-arguments': /list of processes/ },
  },
  {
    who: 'gives Vault the file of its own Pod',
    file: 'vault.sh',
    text: `#!/bin/sh\nvault write auth/kubernetes/config token_reviewer_jwt="$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)" kubernetes_host=https://kubernetes.default.svc\n`,
    problems: { 'mounted-token-copied': /token_reviewer_jwt/ },
  },
  {
    who: 'asks the API for five minutes by curl',
    file: 'request.sh',
    text: `#!/bin/sh\ncurl -X POST -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' https://10.0.0.1:6443/api/v1/namespaces/ci/serviceaccounts/robot/token -d '{"spec":{"expirationSeconds":300}}'\n`,
    problems: { 'token-life-too-short': /10 minutes/ },
  },
  {
    who: 'asks for a token without end in Azure’s pipeline',
    file: 'azure-pipelines.yml',
    text: `steps:\n- bash: |\n    kubectl create token robot --duration=0 -n ci > token\n`,
    problems: { 'token-life-not-granted': /hour/ },
  },
  {
    who: 'finds a token Secret in PowerShell',
    file: 'token.ps1',
    text: `$name = kubectl get sa robot -o jsonpath='{.secrets[0].name}'\nkubectl get secret $name -o json\n`,
    problems: { 'account-secrets-read': /1\.24/ },
  },
  {
    who: 'decodes what is decoded in a Makefile',
    file: 'Makefile',
    text: `token:\n\tkubectl create token robot | base64 -d\n`,
    problems: { 'token-encoding': /no base64/ },
  },
  {
    who: 'asks for a token in each run of Drone',
    file: '.drone.yml',
    text: `kind: pipeline\nsteps:\n- name: deploy\n  image: bitnami/kubectl\n  commands:\n  - kubectl create token robot --duration=1h -n ci > /tmp/token\n  - kubectl get pods\n`,
    problems: {},
  },
  {
    who: 'makes a token Secret and waits for it',
    file: 'wait.sh',
    text: `#!/bin/sh\nkubectl apply -f token-secret.yaml\nkubectl wait --for=jsonpath='{.data.token}' secret/robot-token\nTOKEN="$(kubectl get secret robot-token -o jsonpath='{.data.token}' | base64 -d)"\necho "token: $TOKEN" > config\n`,
    problems: {},
  },
  {
    who: 'lets Terraform ask for a token once',
    file: 'token.tf',
    text: `resource "kubernetes_token_request_v1" "robot" {\n  metadata {\n    name      = "robot"\n    namespace = "ci"\n  }\n  spec {\n    expiration_seconds = 3600\n  }\n}\n\noutput "token" {\n  value = kubernetes_token_request_v1.robot.token\n}\n`,
    problems: { 'token-request-kept': /state|once|never/ },
  },
  {
    who: 'reads a token Secret of its own in Pulumi',
    file: 'index.ts',
    text: `import * as k8s from '@pulumi/kubernetes';\nconst sa = new k8s.core.v1.ServiceAccount('robot');\nexport const name = sa.secrets[0].name;\n`,
    problems: { 'account-secrets-read': /1\.24/ },
  },
];
